"""Reading a script aloud, against splitting it into its words."""

from broadcaster.demo.newsroom import demo_script
from playlists.reading import national_lexicon, read_aloud
from playlists.reading.sentences import split_sentences
from tests.benchmarks.comparison import Comparison, best_seconds


def reading(*, repeats: int = 5, rounds: int = 5) -> Comparison:
    """Milliseconds a sentence."""
    script = "\n\n".join([demo_script()] * repeats)
    lexicon = national_lexicon()
    sentences = len(split_sentences(read_aloud(script, lexicon).spoken))
    ours = best_seconds(lambda: read_aloud(script, lexicon), rounds=rounds)
    baseline = best_seconds(script.split, rounds=rounds)
    return Comparison(
        name="reading",
        work=f"{sentences} sentences, {len(script):,} characters",
        ours=ours / sentences * 1_000,
        baseline=baseline / sentences * 1_000,
        unit="ms/sentence",
        against="`str.split` of the same script",
    )
