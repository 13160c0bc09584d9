import { defineView } from '../view.ts'

/** Entries counted by record, with the person that the last one leads to. */
export const countingView = defineView({
  name: 'counting', version: 1, kinds: ['loan'],
  schema: 'CREATE TABLE record (organization TEXT NOT NULL, key TEXT NOT NULL, entries INTEGER NOT NULL, did TEXT, PRIMARY KEY (organization, key))',
  apply: (db, entry) => {
    const subject = entry.state?.subject as { userDid?: string } | null | undefined
    db.run(`INSERT INTO record (organization, key, entries, did) VALUES (?, ?, 1, ?)
      ON CONFLICT (organization, key) DO UPDATE SET entries = entries + 1, did = excluded.did`, entry.organization, entry.key, subject?.userDid ?? null)
  },
})
