DROP TABLE inside;
