"""The database, step by step. A step that has been released is never edited; add another."""

from __future__ import annotations

SCHEMA_VERSION = 2
"""Kept in `PRAGMA user_version`; a database with a higher one is refused and left untouched."""

STEPS: dict[int, str] = {
    1: """
CREATE TABLE folders (
    folder_id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    added_at_ms INTEGER NOT NULL,
    available INTEGER NOT NULL DEFAULT 1,
    removed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE tracks (
    track_id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER REFERENCES folders(folder_id),  -- NULL: a stream, or a file opened by hand
    location TEXT NOT NULL UNIQUE,                    -- a BLOB where the file name is not UTF-8
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
    removed INTEGER NOT NULL DEFAULT 0,               -- 1: its folder was taken out by the user
                                                      -- 2: gone from a folder that is there
                                                      -- 3: opened by hand, in no folder
    title_key TEXT NOT NULL DEFAULT '',               -- keys: folded for sorting and search
    artist_key TEXT NOT NULL DEFAULT '',
    album_key TEXT NOT NULL DEFAULT '',
    owner_key TEXT NOT NULL DEFAULT '',               -- the album artist, else the artist
    genre_key TEXT NOT NULL DEFAULT ''
);
CREATE INDEX tracks_by_content ON tracks(content_id);
CREATE INDEX tracks_by_folder ON tracks(folder_id);
CREATE INDEX tracks_by_owner
    ON tracks(owner_key, album_key, disc_number, track_number, title_key) WHERE removed = 0;
CREATE INDEX tracks_by_title ON tracks(title_key, owner_key, album_key) WHERE removed = 0;
CREATE INDEX tracks_by_artist
    ON tracks(artist_key, album_key, disc_number, track_number, title_key) WHERE removed = 0;
CREATE INDEX tracks_by_album
    ON tracks(album_key, owner_key, disc_number, track_number, title_key) WHERE removed = 0;
CREATE INDEX tracks_by_genre
    ON tracks(genre_key, owner_key, album_key, disc_number, track_number) WHERE removed = 0;
CREATE INDEX tracks_by_year
    ON tracks(year, owner_key, album_key, disc_number, track_number) WHERE removed = 0;
CREATE INDEX tracks_by_duration ON tracks(duration_ms, title_key) WHERE removed = 0;
CREATE VIRTUAL TABLE track_words USING fts5(
    title, artist, album, genre, owner,
    content = '', columnsize = 0, prefix = '1 2 3', tokenize = 'ascii'
);
CREATE TABLE library_state (revision INTEGER NOT NULL); -- counts the changes of tracks
INSERT INTO library_state VALUES (0);
-- What an added track asks for is done in bulk, see words.py.
CREATE TRIGGER track_reworded
AFTER UPDATE OF title_key, artist_key, album_key, owner_key, genre_key ON tracks
WHEN (old.title_key, old.artist_key, old.album_key, old.owner_key, old.genre_key)
    IS NOT (new.title_key, new.artist_key, new.album_key, new.owner_key, new.genre_key) BEGIN
    INSERT INTO track_words(track_words, rowid, title, artist, album, genre, owner) VALUES (
        'delete', old.track_id, old.title_key, old.artist_key, old.album_key, old.genre_key,
        CASE WHEN old.owner_key <> old.artist_key THEN old.owner_key ELSE '' END);
    INSERT INTO track_words(rowid, title, artist, album, genre, owner) VALUES (
        new.track_id, new.title_key, new.artist_key, new.album_key, new.genre_key,
        CASE WHEN new.owner_key <> new.artist_key THEN new.owner_key ELSE '' END);
END;
CREATE TRIGGER track_changed AFTER UPDATE ON tracks BEGIN
    UPDATE library_state SET revision = revision + 1;
END;
CREATE TRIGGER track_deleted AFTER DELETE ON tracks BEGIN
    INSERT INTO track_words(track_words, rowid, title, artist, album, genre, owner) VALUES (
        'delete', old.track_id, old.title_key, old.artist_key, old.album_key, old.genre_key,
        CASE WHEN old.owner_key <> old.artist_key THEN old.owner_key ELSE '' END);
    UPDATE library_state SET revision = revision + 1;
END;
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
    2: """
CREATE TABLE events_2 (                               -- append only
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN (
        'play', 'like', 'dislike', 'clear', 'more', 'less', 'not_now', 'correct', 'forget',
        'undo')),
    track_id INTEGER REFERENCES tracks(track_id),
    at_ms INTEGER NOT NULL,                           -- UTC; a play's start
    heard_ms INTEGER, duration_ms INTEGER, end_reason TEXT, origin TEXT,
    list_position INTEGER, model_version TEXT, score REAL,
    scope TEXT, name TEXT, value REAL,                -- of 'correct' and 'forget'
    undoes INTEGER REFERENCES events_2(event_id)
);
INSERT INTO events_2 (event_id, kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin,
    list_position, model_version, score, undoes)
    SELECT event_id, kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin,
    list_position, model_version, score, undoes FROM events ORDER BY event_id;
DROP TABLE events;
ALTER TABLE events_2 RENAME TO events;
CREATE INDEX events_by_track ON events(track_id, kind);
CREATE INDEX events_by_time ON events(kind, at_ms);
CREATE UNIQUE INDEX events_undone ON events(undoes) WHERE undoes IS NOT NULL;
CREATE TABLE impressions (                            -- what was shown, append only
    shown_at_ms INTEGER NOT NULL,
    position INTEGER NOT NULL,                        -- row of the predicted list, from 0
    track_id INTEGER NOT NULL REFERENCES tracks(track_id),
    score REAL NOT NULL, probability REAL NOT NULL,
    model_version TEXT NOT NULL,
    PRIMARY KEY (shown_at_ms, position)
) WITHOUT ROWID;
""",
}
