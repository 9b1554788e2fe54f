BEGIN TRANSACTION;
CREATE TABLE archived (
    feed TEXT NOT NULL,
    id TEXT NOT NULL,        -- of an entry in a closed page, or of an article that became one
    PRIMARY KEY (feed, id)
) WITHOUT ROWID;
CREATE TABLE entries (
    id TEXT PRIMARY KEY,
    key TEXT,
    published TEXT NOT NULL,  -- RFC 3339 with the offset of the source
    instant INTEGER NOT NULL, -- the same in epoch seconds
    updated TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    sketch BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO "entries" VALUES('http://blog.example/?p=1','http://blog.example/?p=1','2024-06-01T08:00:00+00:00',1717228800,'2024-06-01T08:00:00+00:00','492adc0387d96d9d1fb38761','5aa0fd8dc437578a919cadc1',X'5F505E56B78B56768FDC748EA7A4FAD6DD0870D7');
INSERT INTO "entries" VALUES('http://blog.example/?p=4','http://blog.example/?p=4','2024-06-04T08:00:00+00:00',1717488000,'2024-06-04T08:00:00+00:00','92d60b8a7410ae0564c9fafd','74d5b793b5cd2b3c8d507f28',X'1429E32BB78B56768FDC748E49A3FAE7');
INSERT INTO "entries" VALUES('http://blog.example/?p=6','http://blog.example/?p=6','2024-06-06T08:00:00+00:00',1717660800,'2024-06-06T08:00:00+00:00','71dc949bab219283ea46f957','10f4b796dbe0673b9347fa45',X'5F505E56B78B56768FDC748E3DA34FA5B17A37BB');
CREATE TABLE pages (
    feed TEXT NOT NULL,
    number INTEGER NOT NULL, -- from 1, the oldest
    name TEXT NOT NULL,
    next TEXT NOT NULL,
    base TEXT NOT NULL,      -- what the addresses in it begin with
    PRIMARY KEY (feed, number)
) WITHOUT ROWID;
CREATE TABLE redated (
    id TEXT PRIMARY KEY,     -- of an entry to which its source came to give another time than was published
    dated INTEGER NOT NULL   -- that time, in epoch seconds
) WITHOUT ROWID;
CREATE INDEX entries_by_instant ON entries (instant);
CREATE INDEX entries_by_content ON entries (content, title);
CREATE INDEX redated_by_time ON redated (dated);
COMMIT;
PRAGMA user_version = 3;
