"""What can stand between a script and its broadcast.

NotFound
├── UnknownBulletin       404
├── UnknownDraft          404  somebody else's, saved, or thrown away
├── UnknownTemplate       404
├── UnknownVersion        404
├── RecordingMissing      404  no such recording, or no longer used
└── UnknownAudio          404
NotAllowed
├── OwnBulletin           403  nobody approves what they wrote
└── OwnReading            403  nor alone how they had it said
BadInput                  422
├── TitleUnusable
├── TopicTooLong
├── ContributorTooLong
├── SourceTooLong
├── ValidityUnusable           no day, or an end before the beginning
├── BlankLeft                  a template's blank is still in it
├── PriorityUnusable
│   └── EmergencyNotHere       an emergency has a page of its own
├── RepeatUnusable             what is said twice is none, opening, closing or whole
├── RateUnusable               0.6 to 1.6 of a voice's normal speed
├── IssueTimeUnusable          no time of day on a day
├── LanguageNotSpoken          the village has no such language
├── RecordingFileMissing       no file came with the form
├── NoVillageChosen            a recording is for at least one village
├── RecordingNotUsed           what the sound's reader refused, in its own words
├── WishesNotRecorded          nobody says again, or later, what a person recorded once
├── PlaylistNotComposed        what the composing of a playlist refused, in its own words
├── ScriptMissing
├── ScriptOverLimit
├── TextUnusable               characters that no text has
├── DocumentMissing            no file came with the form
├── DocumentNotUsed            what the documents' reader refused, in its own words
├── ScriptNotReadable          what the reading layer refused, in its own words
├── SpokenOverLimit            short to write, hours to say
├── CommentMissing             a returned bulletin needs a word why
├── CommentTooLong
├── NothingSaid                a comment without words
├── WarningsUnresolved         approving over warnings must be said
├── RecordingsUnaccepted       approving without a village's recording must be said
└── NothingAccepted            both must be said
Conflict                  409
├── ActOutOfPlace              not possible where the bulletin stands
├── SoundOverLimit             longer than one session of this station may be
├── RenditionChanged           the words or the sound are no longer those that were shown
├── PlaylistOutdated           a bulletin in it is no longer approved as it is in there
├── RelayOutdated              its source, or what fills in, is no longer what it says
├── EditedMeanwhile            somebody else saved since this form was opened
├── DraftElsewhere             the same draft goes on in another window
├── ScriptChanged              edited while its sound was being made
└── WordsRecordedChanged       edited after the page of its recordings was opened
Unavailable               503
├── SoundNotMade               what the voice, mastering or the store could not do
└── StudioBusy
"""

from broadcaster.bulletins.errors.deciding import (
    COMMENT_LIMIT_CHARACTERS,
    ActOutOfPlace,
    CommentMissing,
    CommentTooLong,
    NothingAccepted,
    NothingSaid,
    OwnBulletin,
    OwnReading,
    PlaylistOutdated,
    RecordingsUnaccepted,
    RelayOutdated,
    RenditionChanged,
    SoundOverLimit,
    WarningsUnresolved,
)
from broadcaster.bulletins.errors.finding import (
    RecordingMissing,
    UnknownAudio,
    UnknownBulletin,
    UnknownDraft,
    UnknownTemplate,
    UnknownVersion,
)
from broadcaster.bulletins.errors.sounding import (
    IssueTimeUnusable,
    LanguageNotSpoken,
    NoVillageChosen,
    PlaylistNotComposed,
    RateUnusable,
    RecordingFileMissing,
    RecordingNotUsed,
    RepeatUnusable,
    ScriptChanged,
    ScriptNotReadable,
    SoundNotMade,
    SpokenOverLimit,
    StudioBusy,
    WishesNotRecorded,
    WordsRecordedChanged,
)
from broadcaster.bulletins.errors.writing import (
    CONTRIBUTOR_LIMIT_CHARACTERS,
    SCRIPT_LIMIT_CHARACTERS,
    TITLE_LIMIT_CHARACTERS,
    TOPIC_LIMIT_CHARACTERS,
    BlankLeft,
    ContributorTooLong,
    DocumentMissing,
    DocumentNotUsed,
    DraftElsewhere,
    EditedMeanwhile,
    EmergencyNotHere,
    PriorityUnusable,
    ScriptMissing,
    ScriptOverLimit,
    SourceTooLong,
    TextUnusable,
    TitleUnusable,
    TopicTooLong,
    ValidityUnusable,
)

__all__ = [
    "COMMENT_LIMIT_CHARACTERS",
    "CONTRIBUTOR_LIMIT_CHARACTERS",
    "SCRIPT_LIMIT_CHARACTERS",
    "TITLE_LIMIT_CHARACTERS",
    "TOPIC_LIMIT_CHARACTERS",
    "ActOutOfPlace",
    "BlankLeft",
    "CommentMissing",
    "CommentTooLong",
    "ContributorTooLong",
    "DocumentMissing",
    "DocumentNotUsed",
    "DraftElsewhere",
    "EditedMeanwhile",
    "EmergencyNotHere",
    "IssueTimeUnusable",
    "LanguageNotSpoken",
    "NoVillageChosen",
    "NothingAccepted",
    "NothingSaid",
    "OwnBulletin",
    "OwnReading",
    "PlaylistNotComposed",
    "PlaylistOutdated",
    "PriorityUnusable",
    "RateUnusable",
    "RecordingFileMissing",
    "RecordingMissing",
    "RecordingNotUsed",
    "RecordingsUnaccepted",
    "RelayOutdated",
    "RenditionChanged",
    "RepeatUnusable",
    "ScriptChanged",
    "ScriptMissing",
    "ScriptNotReadable",
    "ScriptOverLimit",
    "SoundNotMade",
    "SoundOverLimit",
    "SourceTooLong",
    "SpokenOverLimit",
    "StudioBusy",
    "TextUnusable",
    "TitleUnusable",
    "TopicTooLong",
    "UnknownAudio",
    "UnknownBulletin",
    "UnknownDraft",
    "UnknownTemplate",
    "UnknownVersion",
    "ValidityUnusable",
    "WarningsUnresolved",
    "WishesNotRecorded",
    "WordsRecordedChanged",
]
