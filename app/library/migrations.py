"""The database, step by step. A step that has been released is never edited; add another."""

from __future__ import annotations

SCHEMA_VERSION = 1
"""Kept in `PRAGMA user_version`; a database with a higher one is refused and left untouched."""

STEPS: dict[int, str] = {
    1: """
CREATE TABLE folders (
    folder_id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    added_at_ms INTEGER NOT NULL,
    available INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE tracks (
    track_id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER REFERENCES folders(folder_id),  -- NULL: a stream, or a file opened by hand
    location TEXT NOT NULL UNIQUE,
    content_id TEXT NOT NULL DEFAULT '',              -- identity of the sound, not of the tags
    size INTEGER NOT NULL DEFAULT 0,
    mtime_ns INTEGER NOT NULL DEFAULT 0,
    added_at_ms INTEGER NOT NULL,
    title TEXT NOT NULL,
    artist TEXT NOT NULL DEFAULT '',
    album TEXT NOT NULL DEFAULT '',
    album_artist TEXT NOT NULL DEFAULT '',
    genre TEXT NOT NULL DEFAULT '',
    year INTEGER,
    track_number INTEGER,
    disc_number INTEGER,
    duration_ms INTEGER,
    track_gain_db REAL, track_peak REAL, album_gain_db REAL, album_peak REAL,
    cover_key TEXT NOT NULL DEFAULT '',
    available INTEGER NOT NULL DEFAULT 1,             -- 0: the file or its drive is not there now
    removed INTEGER NOT NULL DEFAULT 0                -- 1: the user took its folder out
);
CREATE INDEX tracks_by_content ON tracks(content_id);
CREATE TABLE scan_problems (
    location TEXT PRIMARY KEY,
    folder_id INTEGER REFERENCES folders(folder_id),
    problem TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    mtime_ns INTEGER NOT NULL DEFAULT 0,
    seen_at_ms INTEGER NOT NULL
);
CREATE TABLE events (                                 -- append only
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('play', 'like', 'dislike', 'clear', 'undo')),
    track_id INTEGER REFERENCES tracks(track_id),
    at_ms INTEGER NOT NULL,                           -- UTC; a play's start
    heard_ms INTEGER, duration_ms INTEGER, end_reason TEXT, origin TEXT,
    list_position INTEGER, model_version TEXT, score REAL,
    undoes INTEGER REFERENCES events(event_id)
);
CREATE INDEX events_by_track ON events(track_id, kind);
CREATE INDEX events_by_time ON events(kind, at_ms);
CREATE UNIQUE INDEX events_undone ON events(undoes) WHERE undoes IS NOT NULL;
CREATE TABLE opinions (                               -- derived from events, in one transaction
    track_id INTEGER PRIMARY KEY REFERENCES tracks(track_id),
    kind TEXT NOT NULL CHECK (kind IN ('like', 'dislike')),
    at_ms INTEGER NOT NULL
);
CREATE TABLE session (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
""",
}
