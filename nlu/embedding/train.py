"""Trains the default embedding model: `python -m nlu.embedding.train`.

A StaticEmbedding (a table of token vectors) over a sub-word tokenizer of our own, with in-batch negatives
at several vector lengths. Every text is seen as written and as hurried people type it.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from safetensors.numpy import load_file, save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from nlu.embedding import pairs as sources
from nlu.text import fold, normalise

HERE = Path(__file__).resolve().parent
KNOWLEDGE = HERE.parent.parent / "knowledge_base"
SIZES = (256, 128, 64)
PHRASE_WORDS = 30
"""Phrases are learnt from texts up to this length: names and what people say, not long passages."""


def main(
    national: Annotated[Path | None, typer.Option(help="National export (.jsonl.gz).")] = None,
    extra: Annotated[list[Path] | None, typer.Option(help="Question and context pairs (.jsonl.gz).")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the model.")] = HERE / "model",
    seed: int = 20260101,
    epochs: int = 4,
    vocabulary: int = 16_000,
    batch: int = 1024,
    rate: float = 0.15,
) -> None:
    """Train the model and save it; every source that is given must be free to ship."""
    started = time.monotonic()
    rng = random.Random(seed)
    pairs = collect(national, extra or [], rng)
    _say(f"{len(pairs)} pairs")
    texts = dict.fromkeys(
        normalise(text) for pair in pairs for text in pair if text.count(" ") < PHRASE_WORDS
    )
    tokenizer = train_tokenizer([*texts, *(fold(text) for text in texts)], vocabulary)
    _say(f"tokenizer of {tokenizer.get_vocab_size()} ({time.monotonic() - started:.0f} s)")
    fit(tokenizer, pairs, out, seed=seed, epochs=epochs, batch=batch, rate=rate, rng=rng)
    halve(out)
    extra_words = "; " + ", ".join(path.name.partition(".")[0] for path in extra) if extra else ""
    card = (
        (HERE / "card.md")
        .read_text(encoding="utf-8")
        .format(
            vocabulary=tokenizer.get_vocab_size(),
            dimension=SIZES[0],
            sizes=", ".join(map(str, SIZES)),
            pairs=len(pairs),
            extra=extra_words,
            seed=seed,
            epochs=epochs,
            batch=batch,
            rate=rate,
        )
    )
    (out / "README.md").write_text(card, encoding="utf-8")
    _say(f"saved to {out} ({time.monotonic() - started:.0f} s)")


def collect(national: Path | None, extra: list[Path], rng: random.Random) -> list[sources.Pair]:
    """All pairs, each once."""
    synonyms = KNOWLEDGE / "synonyms.yaml"
    names = sources.document_names(KNOWLEDGE / "documents")
    found = [*sources.document_pairs(KNOWLEDGE / "documents"), *sources.synonym_pairs(synonyms)]
    if national is not None:
        templates = (HERE / "templates.txt").read_text(encoding="utf-8").split("\n")
        official = sources.national_names(national)
        for code, known in official.items():
            names.setdefault(code, []).extend(known)
        found += sources.national_pairs(national, [t for t in templates if t], rng)
        found += sources.spoken_names([known[0] for known in official.values()], synonyms)
    found += sources.lay_pairs(sources.lay_sentences(KNOWLEDGE / "lay"), names, rng)
    for path in extra:
        found += sources.question_pairs(path)
    return list(dict.fromkeys((a.strip(), b.strip()) for a, b in found if a.strip() and b.strip()))


def train_tokenizer(texts: list[str], size: int) -> Tokenizer:
    """A Unigram tokenizer whose pieces may be parts of syllables, syllables or whole phrases."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}\s]+"), "removed"),
            pre_tokenizers.Metaspace(prepend_scheme="always", split=False),
        ]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        unk_token="<unk>",
        special_tokens=["<unk>"],
        max_piece_length=20,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def fit(
    tokenizer: Tokenizer,
    pairs: list[sources.Pair],
    out: Path,
    *,
    seed: int,
    epochs: int,
    batch: int,
    rate: float,
    rng: random.Random,
) -> None:
    """Train with sentence-transformers and save its files to `out`."""
    from datasets import Dataset
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers
    from transformers import set_seed

    set_seed(seed)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=SIZES[0])], device="cpu")
    seen = [(normalise(a), normalise(b)) for a, b in pairs] * (epochs // 2 or 1)
    seen += [(sources.disturbed(a, rng), rng.choice((normalise, fold))(b)) for a, b in seen]
    rng.shuffle(seen)
    data = Dataset.from_dict({"anchor": [a for a, _ in seen], "positive": [b for _, b in seen]})
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(out.parent / ".training"),
        num_train_epochs=1,
        per_device_train_batch_size=batch,
        learning_rate=rate,
        warmup_steps=0.1,
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        save_strategy="no",
        report_to="none",
        seed=seed,
        use_cpu=True,
        logging_steps=50,
    )
    loss = MatryoshkaLoss(model, MultipleNegativesRankingLoss(model), matryoshka_dims=list(SIZES))
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=data, loss=loss).train()
    shutil.rmtree(out.parent / ".training", ignore_errors=True)
    model.save(str(out), create_model_card=False)


def halve(out: Path) -> None:
    """Store the table as float16: half the size, the same ranking."""
    for path in out.rglob("model.safetensors"):
        save_file({name: table.astype(np.float16) for name, table in load_file(path).items()}, path)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
