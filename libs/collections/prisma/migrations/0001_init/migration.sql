-- CreateTable
CREATE TABLE "Record" (
    "collection" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "doc" TEXT NOT NULL,
    "sealed" TEXT,
    "lookups" TEXT NOT NULL,
    "pending" TEXT NOT NULL,
    "pendingFrom" TEXT,
    "requests" TEXT NOT NULL,
    "expiresAt" TEXT,
    "removed" BOOLEAN NOT NULL,
    "createdAt" TEXT NOT NULL,
    "updatedAt" TEXT NOT NULL,

    PRIMARY KEY ("collection", "id")
);

-- CreateTable
CREATE TABLE "Lookup" (
    "collection" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "recordId" TEXT NOT NULL,
    "uniqueKey" TEXT,

    PRIMARY KEY ("collection", "field", "value", "recordId"),
    CONSTRAINT "Lookup_collection_recordId_fkey" FOREIGN KEY ("collection", "recordId") REFERENCES "Record" ("collection", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Shape" (
    "collection" TEXT NOT NULL PRIMARY KEY,
    "digest" TEXT NOT NULL
);

-- CreateIndex
CREATE INDEX "Record_collection_pendingFrom_idx" ON "Record"("collection", "pendingFrom");

-- CreateIndex
CREATE INDEX "Record_collection_expiresAt_idx" ON "Record"("collection", "expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Lookup_uniqueKey_key" ON "Lookup"("uniqueKey");

-- CreateIndex
CREATE INDEX "Lookup_collection_recordId_idx" ON "Lookup"("collection", "recordId");

-- From here on by hand: Prisma knows no triggers. They expand "lookups" into rows of "Lookup" inside the statement
-- that writes the record; a unique value that is taken makes that statement fail as a whole.
-- A later migration that re-creates "Record" drops them and has to create them again.

CREATE TRIGGER "Record_lookups_after_insert" AFTER INSERT ON "Record"
BEGIN
  INSERT INTO "Lookup" ("collection", "recordId", "field", "value", "uniqueKey")
  SELECT NEW."collection", NEW."id", json_extract(j."value", '$[0]'), json_extract(j."value", '$[1]'), json_extract(j."value", '$[2]')
  FROM json_each(NEW."lookups") AS j;
END;

CREATE TRIGGER "Record_lookups_after_update" AFTER UPDATE OF "lookups" ON "Record"
WHEN OLD."lookups" <> NEW."lookups"
BEGIN
  DELETE FROM "Lookup" WHERE "collection" = NEW."collection" AND "recordId" = NEW."id";
  INSERT INTO "Lookup" ("collection", "recordId", "field", "value", "uniqueKey")
  SELECT NEW."collection", NEW."id", json_extract(j."value", '$[0]'), json_extract(j."value", '$[1]'), json_extract(j."value", '$[2]')
  FROM json_each(NEW."lookups") AS j;
END;
