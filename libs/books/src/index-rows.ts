import type { DisposableDatabase } from './sqlite.ts'

/** One record as it is to stand in the file; `first` 0 when it is not there yet. */
export interface RecordRow {
  readonly first: number
  readonly key: string
  readonly seqs: readonly number[]
  readonly type: string
  readonly scope: string
  readonly epoch: number
  readonly state: string | null
  readonly kid: string | null
  readonly box: string | Uint8Array | null
}

/** What an index's file is to take in, in one step. Plain data: it may cross to another thread. */
export interface IndexBatch {
  readonly records: readonly RecordRow[]
  readonly requests: readonly { readonly id: string; readonly seq: number; readonly digest: string }[]
  readonly versions: readonly number[]
  /** How far the book has then been indexed, and its tree hash there. */
  readonly length: number
  readonly hash: Uint8Array | null
}

/** Writes a batch in one transaction, in the order of the keys, so that neighbours meet on the same page. */
export function writeBatch(db: DisposableDatabase, batch: IndexBatch): void {
  db.change(() => {
    for (const row of [...batch.records].sort((a, b) => a.key < b.key ? -1 : 1)) writeRecord(db, row)
    for (const { id, seq, digest } of [...batch.requests].sort((a, b) => a.id < b.id ? -1 : 1)) {
      db.run('INSERT OR IGNORE INTO request (id, seq, digest) VALUES (?, ?, ?)', id, seq, digest)
    }
    for (const length of batch.versions) db.run('INSERT INTO version (length) VALUES (?)', length)
    db.run('UPDATE meta SET length = ?, hash = ?', batch.length, batch.hash)
  })
  db.commit()
}

function writeRecord(db: DisposableDatabase, { first, key, seqs, type, scope, epoch, state, kid, box }: RecordRow): void {
  const last = seqs.at(-1) ?? 0
  const bytes = typeof box === 'string' ? Buffer.from(box, 'base64') : box
  // States are only ever added, one page after another: a record that is changed would touch a page of its own each time.
  db.run('INSERT INTO state (seq, type, scope, epoch, state, kid, box) VALUES (?, ?, ?, ?, ?, ?, ?)', last, type, scope, epoch, state, kid, bytes)
  const begin = first === 0 ? seqs[0] ?? last : first
  if (first === 0) db.run('INSERT INTO record (key, first, seq) VALUES (?, ?, ?)', key, begin, last)
  else db.run('UPDATE record SET seq = ? WHERE key = ?', last, key)
  for (const seq of seqs) if (seq !== begin) db.run('INSERT INTO later (first, seq) VALUES (?, ?)', begin, seq)
}
