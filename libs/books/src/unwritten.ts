/** What a record is looked up to be: its last entry. */
export interface Head {
  readonly seq: number
  readonly type: string
  readonly scope: string
  readonly epoch: number
  /** The state's text without its subject; null when it could not be opened. */
  readonly state: string | null
  readonly kid: string | null
  /** The sealed subject: base64 as in the entry, or the bytes. */
  readonly box: string | Uint8Array | null
}

/** What the index takes of an entry. */
export interface IndexedEntry {
  readonly key: string
  readonly head: Head
  readonly requestId: string | null
  readonly paramsDigest: string | null
  readonly endsCommit: boolean
}

/** Where a request was answered, and the digest of its parameters. */
export interface Request {
  readonly seq: number
  readonly digest: string
}

/** What was added to a record since the file was last written. */
export interface LateRecord {
  head: Head
  readonly seqs: number[]
}

/** Entries that an index's file does not have yet. */
export class Unwritten {
  readonly records = new Map<string, LateRecord>()
  readonly requests = new Map<string, Request>()
  readonly versions: number[] = []

  /** Answers whether the entry's request id is new here. */
  add({ key, head, requestId, paramsDigest, endsCommit }: IndexedEntry): boolean {
    const late = this.records.get(key)
    if (late === undefined) this.records.set(key, { head, seqs: [head.seq] })
    else {
      late.head = head
      late.seqs.push(head.seq)
    }
    if (endsCommit) this.versions.push(head.seq + 1)
    if (requestId === null || this.requests.has(requestId)) return false
    this.requests.set(requestId, { seq: head.seq, digest: paramsDigest ?? '' })
    return true
  }

  /** Takes in what came after it. */
  follow({ records, requests, versions }: Unwritten): void {
    for (const [key, { head, seqs }] of records) {
      const earlier = this.records.get(key)
      if (earlier === undefined) this.records.set(key, { head, seqs })
      else {
        earlier.head = head
        earlier.seqs.push(...seqs)
      }
    }
    for (const [id, request] of requests) this.requests.set(id, request)
    this.versions.push(...versions)
  }
}
