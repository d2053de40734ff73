-- The one row holds the number of the next visitor.
CREATE TABLE counter (
    count BIGINT PRIMARY KEY NOT NULL
);

INSERT INTO counter (count) VALUES (1);

CREATE TABLE insert_entrylog (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    request_id TEXT NOT NULL,
    request_ts TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
