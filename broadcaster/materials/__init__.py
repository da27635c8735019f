"""Material of others for the loudspeakers ("cẩm nang số"): podcast feeds that an admin named."""
