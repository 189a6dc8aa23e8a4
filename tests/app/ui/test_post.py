from __future__ import annotations

import threading

from app.ui.post import make_post


def test_work_posted_from_another_thread_runs_on_the_windows_thread(qtbot, qapp):
    post = make_post(qapp)
    seen: list[tuple[int, int]] = []
    worker = threading.Thread(
        target=lambda: [
            post(lambda n=n: seen.append((n, threading.get_ident()))) for n in range(100)
        ]
    )
    worker.start()
    worker.join()
    assert not seen
    qtbot.waitUntil(lambda: len(seen) == 100)
    assert seen == [(n, threading.get_ident()) for n in range(100)]
