"""“Why this?” and “Open stream”."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.autoplay.prediction import Finish
from app.conductor.up_next import Notice
from app.ui.covers import Covers
from app.ui.post import make_post
from app.ui.stream_dialog import EMPTY, RECENT_KEY, StreamDialog, recent_addresses
from app.ui.theme import Theme
from app.ui.why_dialog import NOTHING, WAITING, WhyDialog
from tests.app.ui.songs import song

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


class Notebook:
    """Remembers in a dictionary."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def text(self, key: str, default: str = "") -> str:
        return self.words.get(key, default)

    def set(self, key: str, value: str | int) -> None:
        self.words[key] = str(value)


@pytest.fixture(scope="module")
def theme(qapp):
    return Theme(qapp, "dark")


@pytest.fixture
def stream(qtbot, conductor, theme):
    dialog = StreamDialog(conductor, theme, None, Notebook())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def why(qtbot, conductor, covers, theme) -> WhyDialog:
    dialog = WhyDialog(conductor, covers, theme, song(7))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    return dialog


def words_in(dialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.text()]


def test_the_cover_of_why_comes_when_it_has_been_read(qtbot, conductor, theme, tmp_path):
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    image.save(str(tmp_path / "red.png"))
    slow = Covers(lambda *_: tmp_path / "red.png", tmp_path, make_post())
    dialog = WhyDialog(conductor, slow, theme, song(7, cover_key="abc"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)

    def middle() -> QColor:
        shown = dialog.cover.pixmap().toImage()
        return shown.pixelColor(shown.width() // 2, shown.height() // 2)

    assert middle() != QColor("red")
    qtbot.waitUntil(lambda: middle() == QColor("red"))
    slow.close()


def test_why_shows_the_sentence_and_each_share(qtbot, conductor, covers, theme):
    conductor.explanation = (
        "Often played after Song 1.",
        [("popularity", 0.25, "Played 12 times."), ("markov", 0.5, "Follows Song 1.")],
    )
    dialog = why(qtbot, conductor, covers, theme)
    assert conductor.calls == [("explain", 7)]
    assert dialog.summary.text() == "Often played after Song 1."
    assert [bar.share for bar in dialog.bars] == [1.0, 0.5]
    words = words_in(dialog)
    assert words.index("What followed before") < words.index("Played often")
    assert "50 %" in words
    assert "Played 12 times." in words


def test_why_waits_for_a_slow_answer(qtbot, conductor, covers, theme):
    answers = []
    conductor.explain = lambda track_id, deliver: answers.append(deliver)
    dialog = why(qtbot, conductor, covers, theme)
    assert dialog.summary.text() == WAITING
    answers[0]("", [])
    assert dialog.summary.text() == NOTHING


def test_an_answer_for_a_closed_window_is_dropped(qtbot, conductor, covers, theme):
    answers = []
    conductor.explain = lambda track_id, deliver: answers.append(deliver)
    dialog = WhyDialog(conductor, covers, theme, song(7))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.show()
        dialog.close()
    answers[0]("Too late", [("markov", 1.0, "")])


def test_escape_closes_why(qtbot, conductor, covers, theme):
    dialog = why(qtbot, conductor, covers, theme)
    dialog.show()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_address_is_opened_and_remembered_once_it_plays(stream, conductor, qtbot):
    stream.address.setText(" http://radio.example/live ")
    qtbot.mouseClick(stream.open_button, LEFT)
    assert conductor.calls == [("open_location", "http://radio.example/live")]
    assert stream.isVisible()
    conductor.start(song(1, location="http://radio.example/live"))
    assert not stream.isVisible()
    assert recent_addresses(stream._memory) == ["http://radio.example/live"]


def test_an_error_is_said_inside_and_it_can_be_tried_again(stream, conductor, qtbot):
    stream.address.setText("http://nowhere.example")
    qtbot.keyClick(stream.address, Qt.Key.Key_Return)
    assert not stream.open_button.isEnabled()
    conductor.noticed.emit(Notice("nowhere.example did not answer."))
    assert stream.message.isVisible()
    assert stream.message.text() == "nowhere.example did not answer."
    assert stream.open_button.isEnabled()
    assert recent_addresses(stream._memory) == []


def test_no_address_is_no_request(stream, conductor, qtbot):
    qtbot.mouseClick(stream.open_button, LEFT)
    assert stream.message.text() == EMPTY
    assert conductor.calls == []


def test_the_next_song_alone_does_not_close_it(stream, conductor):
    conductor.start(song(2))
    assert stream.isVisible()


def test_a_closed_dialog_listens_no_more(stream, conductor):
    stream.reject()
    stream.reject()
    conductor.noticed.emit(Notice("Something"))
    assert stream.message.text() == ""


def test_recent_addresses_are_offered_latest_first(qtbot, conductor, theme):
    memory = Notebook()
    memory.set(RECENT_KEY, '["http://b.example", "http://a.example"]')
    dialog = StreamDialog(conductor, theme, None, memory)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert dialog.recent.item(0).text() == "http://b.example"
    dialog.recent.itemActivated.emit(dialog.recent.item(1))
    assert conductor.calls == [("open_location", "http://a.example")]
    conductor.start(song(1))
    assert recent_addresses(memory) == ["http://a.example", "http://b.example"]


@pytest.mark.parametrize("junk", ["", "{", "7", '[1, null, "http://ok.example"]'])
def test_a_spoilt_memory_is_no_obstacle(junk):
    memory = Notebook()
    memory.set(RECENT_KEY, junk)
    assert recent_addresses(memory) in ([], ["http://ok.example"])


def test_why_says_how_likely_the_song_is_played_to_the_end(qtbot, conductor, covers, theme):
    conductor.explanation = ("Because.", [("markov", 1.0, "Follows Song 1.")])
    conductor.finish = Finish(0.72, "You finished 8 of your last 10 songs")
    dialog = why(qtbot, conductor, covers, theme)
    words = words_in(dialog)
    assert "about 7 in 10" in words
    assert (
        "You will probably let this play to the end. You finished 8 of your last 10 songs." in words
    )
    assert dialog.finish.bar.share == 0.72
    assert words.index("To the end") < words.index("What followed before")


def test_why_says_nothing_of_the_end_while_too_little_is_known(qtbot, conductor, covers, theme):
    conductor.explanation = ("Because.", [("markov", 1.0, "Follows Song 1.")])
    dialog = why(qtbot, conductor, covers, theme)
    assert dialog.finish is None
    assert "To the end" not in words_in(dialog)


def test_why_stays_within_a_low_window_and_cuts_no_line(qtbot, conductor, covers, theme):
    long = "A sentence of many words that needs two lines of the dialog at the very least"
    conductor.explanation = (long, [(f"expert_{n}", 0.1, long) for n in range(12)])
    conductor.finish = Finish(0.3, long)
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.resize(900, 600)
    dialog = WhyDialog(conductor, covers, theme, song(7, title="Long " * 40), owner)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show_beside(QRect(600, 500, 200, 40))
    assert dialog.height() <= 600
    assert 0 < len(dialog.bars) < 12
    for label in dialog.findChildren(QLabel):
        if label.wordWrap() and label.isVisible():
            assert label.height() >= label.heightForWidth(label.width())


def test_an_answer_to_an_open_why_gets_room_for_each_of_its_lines(qtbot, conductor, covers, theme):
    answers = []
    conductor.explain = lambda track_id, deliver: answers.append(deliver)
    dialog = why(qtbot, conductor, covers, theme)
    dialog.show_beside(QRect(600, 0, 200, 40))
    reason = "You finished 10 of your last 10 songs"
    answers[0]("Because.", [("markov", 1.0, "Follows Song 1.")], Finish(0.95, reason))
    qtbot.waitUntil(dialog.finish.isVisible)
    QApplication.processEvents()
    sentence = dialog.finish.findChildren(QLabel)[-1]
    assert sentence.text().endswith(f"{reason}.")
    assert sentence.height() >= sentence.heightForWidth(sentence.width())


def test_why_leaves_out_what_counted_for_nothing(qtbot, conductor, covers, theme):
    rows = [("markov", 0.996, "Follows Song 1."), ("popularity", 0.004, "Played once.")]
    conductor.explanation = ("Because.", rows)
    dialog = why(qtbot, conductor, covers, theme)
    assert len(dialog.bars) == 1
    assert "Played once." not in words_in(dialog)


def test_a_long_title_in_why_is_shortened_and_its_tip_has_it_all(qtbot, conductor, covers, theme):
    title = "A Title of Many Words, " * 10
    dialog = WhyDialog(conductor, covers, theme, song(7, title=title))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show_beside(QRect(600, 0, 200, 40))
    dialog.grab()
    label = next(each for each in dialog.findChildren(QLabel) if each.text() == title)
    assert label.toolTip() == title
    assert dialog.rect().contains(dialog.close_button.geometry())
