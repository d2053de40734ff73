CREATE TABLE outside AS
    SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock;
