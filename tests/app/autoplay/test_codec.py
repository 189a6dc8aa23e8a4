from __future__ import annotations

import json
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.autoplay import messages
from app.autoplay.messages import MessageError
from recommender.api import (
    Reaction,
    ReactionKind,
    Recommendation,
    Retracted,
)

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
requests = st.one_of(*map(st.from_type, typing.get_args(messages.Request)))
answers = st.one_of(*map(st.from_type, typing.get_args(messages.Answer)))


@given(requests)
def test_every_request_arrives_as_it_was_sent(request_):
    assert messages.decode_request(messages.encode(request_)) == request_


@given(answers)
def test_every_answer_arrives_as_it_was_sent(answer):
    assert messages.decode_answer(messages.encode(answer)) == answer


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Not a JSON message"),
        (b"\xff\xfe", "Not a JSON message"),
        (b"[" * 100_000, "Not a JSON message"),
        (b"[]", "a table was expected"),
        (b'{"serial":1}', "unknown kind None"),
        (b'{"type":"Reboot"}', "unknown kind 'Reboot'"),
        (b'{"type":["Ping"]}', "unknown kind"),
        (b'{"type":"Pong","serial":1}', "unknown kind 'Pong'"),
        (b'{"type":"Ping"}', "'serial' is missing"),
        (b'{"type":"Ping","serial":1,"colour":2}', "unknown field 'colour'"),
        (b'{"type":"Ping","serial":"1"}', "int was expected"),
        (b'{"type":"Ping","serial":true}', "int was expected"),
        (b'{"type":"Ping","serial":1.5}', "int was expected"),
        (b'{"type":"Recommend","serial":1,"n":2,"exclude":[1,"2"]}', "int was expected"),
        (b'{"type":"Recommend","serial":1,"n":2,"exclude":7}', "a list was expected"),
        (b'{"type":"Observe","event":{"type":"Ping","serial":1}}', "unknown kind 'Ping'"),
        (b'{"type":"Started","song_id":1,"at_s":2}', "not a request by itself"),
        (
            b'{"type":"Observe","event":{"type":"Reaction","event_id":1,"song_id":1,'
            b'"at_s":0,"reaction":"like"}}',
            "unknown field 'reaction'",
        ),
    ],
)
def test_what_is_no_request_is_refused_in_words(data, words):
    with pytest.raises(MessageError, match=words):
        messages.decode_request(data)


def test_an_unknown_reaction_is_refused():
    event = Reaction(1, 2, 3.0, ReactionKind.LIKE)
    text = messages.encode(messages.Observe(event)).replace(b'"like"', b'"adore"')
    with pytest.raises(MessageError, match="adore"):
        messages.decode_request(text)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_not_sent(score):
    row = Recommendation(1, score, "because", "expert")
    with pytest.raises(MessageError, match="Cannot send NewList"):
        messages.encode(messages.NewList(1, (row,), "", ""))


def test_a_retraction_is_small_plain_json():
    data = messages.encode(messages.Observe(Retracted(5)))
    assert json.loads(data) == {"type": "Observe", "event": {"type": "Retracted", "event_id": 5}}


@given(st.binary())
def test_no_bytes_break_the_reader(data):
    with pytest.raises(MessageError):
        messages.decode_request(data)
