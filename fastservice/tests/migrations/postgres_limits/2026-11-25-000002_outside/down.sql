DROP TABLE outside;
