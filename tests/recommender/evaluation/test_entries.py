"""What one may write after --models, and what it comes to."""

from __future__ import annotations

import pytest

from recommender.evaluation.entries import entries
from recommender.models.base import OptionError
from recommender.models.registry import UnknownModelError, model_names
from recommender.training.settings import TrainingError


def test_a_bare_name_is_the_model_as_it_comes() -> None:
    (entry,) = entries("gru")
    assert (entry.label, entry.kind.name) == ("gru", "gru")
    assert entry.options == entry.kind.Options()
    assert entry.settings == entry.kind.defaults


def test_options_go_to_the_model_and_training_words_to_the_training() -> None:
    (entry,) = entries("lstm[bloom=0.2;hashes=3;epochs=6;lr=0.01]")
    assert (entry.options.bloom, entry.options.hashes) == (0.2, 3)
    assert (entry.settings.epochs, entry.settings.lr) == (6, 0.01)
    assert entry.label == "lstm[bloom=0.2;hashes=3;epochs=6;lr=0.01]"


def test_training_words_leave_the_models_other_settings_alone() -> None:
    (entry,) = entries("lstm[epochs=6]")
    assert entry.settings.batch == entry.kind.defaults.batch
    assert entry.options == entry.kind.Options()


def test_a_list_keeps_its_order_and_takes_no_row_twice() -> None:
    found = entries("gru, lstm ,gru,gru[hidden=8]")
    assert [entry.label for entry in found] == ["gru", "lstm", "gru[hidden=8]"]


def test_commas_and_quotes_are_allowed_inside_brackets() -> None:
    (entry,) = entries('gru[vectors="a,b.txt";hidden=8]')
    assert entry.options.vectors == "a,b.txt"


def test_members_of_a_combination_may_have_brackets_of_their_own() -> None:
    members = "gru[hidden=8;dim=8]+markov"
    entry, other = entries(f"combination[members={members};],gru")
    assert entry.options.members == members
    assert other.label == "gru"


def test_all_stands_for_every_model() -> None:
    assert [entry.label for entry in entries("all")] == list(model_names())


def test_options_given_apart_count_for_every_row_of_their_model() -> None:
    plain, other, lstm = entries("gru,gru[hidden=8],lstm", ["gru.hidden=16", "gru.epochs=3"])
    assert (plain.options.hidden, plain.settings.epochs) == (16, 3)
    assert other.options.hidden == 8
    assert lstm.label == "lstm"
    assert plain.label == "gru[hidden=16;epochs=3]"


def test_what_is_asked_of_all_wins() -> None:
    (entry,) = entries("gru[epochs=6]", training={"epochs": 2})
    assert entry.settings.epochs == 2


def test_folders_are_named_alike_on_every_system() -> None:
    (entry,) = entries('gru[vectors="C:/a b.txt";hidden=8]')
    assert entry.slug == "gru_vectors=C_a_b.txt_hidden=8"


def test_rows_that_would_share_a_folder_are_refused() -> None:
    with pytest.raises(OptionError, match="share its folder"):
        entries("gru[vectors=a b],gru[vectors=a:b]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gru[hiden=8]", "gru.*no option 'hiden'.*hidden"),
        ("gru[hidden=many]", "hidden is 'many'"),
        ("gru[hidden]", "'hidden' is no option; write NAME=VALUE"),
        ("gru[hidden=8", "write gru or gru"),
        ("gru[seed=3]", "--seeds"),
        (" , ", "No model is named; there are: .*gru"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(text: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        entries(text)


def test_an_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match=r"'lstn'.*lstm"):
        entries("gru,lstn")


def test_an_option_of_a_model_that_is_not_compared_is_refused() -> None:
    with pytest.raises(OptionError, match="'lstm', which is not compared"):
        entries("gru", ["lstm.hidden=8"])
    with pytest.raises(OptionError, match=r"MODEL\.NAME=VALUE"):
        entries("gru", ["hidden=8"])


def test_training_that_cannot_be_is_refused() -> None:
    with pytest.raises(TrainingError, match="epochs is 0"):
        entries("gru[epochs=0]")
