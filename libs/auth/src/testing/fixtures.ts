import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Clock, Mac } from '../ports.ts'
import type { Subject, TokenJwk, TokenSigner } from '../access-tokens.ts'

/** A clock that stands until it is moved. */
export class HandClock implements Clock {
  #now = Date.parse('2026-03-01T12:00:00.000Z')

  now(): Date {
    return new Date(this.#now)
  }

  move(ms: number): void {
    this.#now += ms
  }
}

export const macOf = (secret: string): Mac => ({ hmac: (data) => createHmac('sha256', secret).update(data).digest() })

/** Signs as key custody does: P-256 by kid, r ‖ s. */
export class TestKeys implements TokenSigner {
  readonly #keys = new Map<string, { privateKey: KeyObject; jwk: TokenJwk }>()
  #current = ''

  constructor(...kids: string[]) {
    for (const kid of kids) this.add(kid)
  }

  add(kid: string): void {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#keys.set(kid, { privateKey, jwk: publicKey.export({ format: 'jwk' }) as TokenJwk })
    this.#current = kid
  }

  remove(kid: string): void {
    this.#keys.delete(kid)
  }

  currentKid(): string {
    return this.#current
  }

  /** Throws on an unknown key, as custody does. */
  publicKey(kid: string): TokenJwk {
    const key = this.#keys.get(kid)
    if (key === undefined) throw new Error(`no key ${kid}`)
    return key.jwk
  }

  async sign(kid: string, bytes: Uint8Array): Promise<Uint8Array> {
    return sign('sha256', bytes, { key: this.#keys.get(kid)!.privateKey, dsaEncoding: 'ieee-p1363' })
  }
}

export const CHEAP = { memoryCost: 64, timeCost: 1, parallelism: 1 }
export const PEPPER = Buffer.alloc(32, 7)
export const ANA: Subject = { userId: 'u-ana', role: 'ORIGINATOR_ADMIN', organizationId: 'o-comsa', membershipId: 'm-1' }
export const OLGA: Subject = { userId: 'u-olga', role: 'NODE_OPERATOR', organizationId: null, membershipId: null }
