import { randomInt } from 'node:crypto'
import { CollectionError, type Repository } from '@growr/collections'
import { MIN_STATUS_BITS, signStatusList, StatusList, type Signer } from '@growr/credentials'
import { every } from '@growr/service'
import type { IssuedDoc, StatusListDoc } from './issuing.collections.ts'

/** A list is filled to three quarters, so that a free place at random is found soon. */
const MOST = (MIN_STATUS_BITS * 3) / 4
const ATTEMPTS = 64
const LIFETIME_SECONDS = 86_400

export interface StatusListsOptions {
  readonly lists: Repository<StatusListDoc>
  readonly issued: Repository<IssuedDoc>
  readonly issuer: () => Signer
  /** The beginning of every list's address. */
  readonly baseUrl: string
  readonly newId: () => string
  /** For tests that must repeat. */
  readonly random?: (below: number) => number
}

export interface Place {
  readonly list: StatusListDoc
  readonly index: number
}

/**
 * Where revocation is published: bit lists, signed by the issuer, whose truth is the register of what was issued. Places
 * are given out at random, so that neighbours say nothing about who was given a credential when.
 */
export class StatusLists {
  readonly #options: StatusListsOptions
  readonly #bits = new Map<string, Promise<StatusList>>()
  readonly #signed = new Map<string, { token: string; until: number; from: number }>()
  #opening: Promise<StatusListDoc> | undefined

  constructor(options: StatusListsOptions) {
    this.#options = options
  }

  /**
   * Writes a credential's record at a free place. `write` gets a place and inserts the record with it; where another took
   * the place in that moment (its index is unique), it is called again with another one.
   */
  async place<T>(write: (place: Place) => Promise<T>): Promise<T> {
    const { random = (below: number) => randomInt(below) } = this.#options
    const list = await this.#open()
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await write({ list, index: random(MIN_STATUS_BITS) })
      } catch (error) {
        if (!(error instanceof CollectionError && error.code === 'DUPLICATE' && error.field === 'slot')) throw error
      }
    }
    throw new Error('no free place was found in the status list')
  }

  /** Publishes that a place is revoked: from now on the list says so. */
  async revoke(list: string, index: number): Promise<void> {
    const bits = await this.#load(list)
    bits.set(index, true)
    this.#signed.delete(list)
  }

  /** The signed list by its id, for whoever asks; signed anew when it changed or half of its time is over. */
  async token(id: string, now: Date): Promise<string | undefined> {
    const found = await this.#options.lists.get(id)
    return found === null ? undefined : this.#sign(found.doc, now)
  }

  /** The signed list at an address of this node. */
  async tokenAt(url: string, now: Date): Promise<string | undefined> {
    const found = await this.#options.lists.findOne('url', url)
    return found === null ? undefined : this.#sign(found.doc, now)
  }

  async #sign({ id, url, issuer }: StatusListDoc, now: Date): Promise<string> {
    const signer = this.#options.issuer()
    if (signer.did !== issuer) throw new Error('a status list of another issuer cannot be signed')
    const at = now.getTime()
    const known = this.#signed.get(id)
    if (known !== undefined && known.from <= at && at < known.until) return known.token
    const list = await this.#load(id)
    const token = await signStatusList({ url, purpose: 'revocation', list, now, lifetimeSeconds: LIFETIME_SECONDS }, signer)
    this.#signed.set(id, { token, from: at, until: at + (LIFETIME_SECONDS * 1000) / 2 })
    return token
  }

  #load(id: string): Promise<StatusList> {
    const known = this.#bits.get(id)
    if (known !== undefined) return known
    const loading = this.#read(id)
    this.#bits.set(id, loading)
    loading.catch(() => this.#bits.delete(id))
    return loading
  }

  async #read(id: string): Promise<StatusList> {
    const list = new StatusList()
    for await (const { index } of every(this.#options.issued, { revokedIn: id })) list.set(index, true)
    return list
  }

  /** The list that is being filled; a new one where it is full enough, or was the list of an earlier issuer. */
  #open(): Promise<StatusListDoc> {
    this.#opening ??= this.#findOpen().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #findOpen(): Promise<StatusListDoc> {
    const { lists, issued, newId, baseUrl } = this.#options
    const { did } = this.#options.issuer()
    const open = (await lists.find({ where: { open: true } })).find(({ doc }) => doc.issuer === did)
    if (open !== undefined) {
      if ((await issued.count({ list: open.id })) < MOST) return open.doc
      await lists.update(open.id, (doc) => ({ ...doc, open: false }))
    }
    const id = newId()
    return (await lists.insert({ id, url: `${baseUrl}/status/${id}`, issuer: did, open: true })).doc
  }
}
