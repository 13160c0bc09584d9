import { chmodSync, closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  AccessTokens, Lockout, OneTimeCodes, Passwords, Pins, RefreshTokens, SessionRegistry, Sessions, SqliteStore,
  type CodeRecord, type HashCost, type LockRecord, type SessionFamily, type TokenSigner,
} from '@growr/auth'
import { KeyTable, type Custody, type PublicJwk } from '@growr/keys'
import { systemClock, type Clock } from '@growr/runtime'
import { openKeep, type Keep, type KeepOptions } from '@growr/service'

export const NAME = 'identity'
/** Purposes for which this group alone holds keys. */
const PURPOSES = ['access-token', 'issuer', 'verifier', 'organization', 'wallet', 'auth'] as const
const DAY = 86_400_000
/** How long a key that was rotated away still verifies: longer than any access token lives. */
const AFTERLIFE = 3_600_000

/** The group's keys and records. Requests, codes and challenges run on real time, whatever clock the node has. */
export const openIdentityKeep = (options: Omit<KeepOptions, 'group' | 'purposes' | 'clock'>): Promise<Keep> =>
  openKeep({ ...options, group: NAME, purposes: PURPOSES, clock: systemClock })

export interface Auth {
  readonly passwords: Passwords
  readonly pins: Pins
  readonly codes: OneTimeCodes
  readonly invitationCodes: OneTimeCodes
  /** Codes that staff tell a person face to face. */
  readonly vouchCodes: OneTimeCodes
  /** A keyed hash of texts, under a key of this group alone. */
  readonly keyed: (parts: readonly string[]) => string
  readonly lockout: Lockout
  readonly sessions: Sessions
  readonly registry: SessionRegistry
  readonly refresh: RefreshTokens
  readonly accessKeys: () => PublicJwk[]
  close(): void
}

export interface AuthOptions {
  readonly keep: Pick<Keep, 'rooms' | 'custody'>
  readonly clock: Clock
  readonly tokenIssuer: string
  readonly hashCost?: HashCost | undefined
}

/** Secrets, codes, locks and sessions, in a file of their own beside the collections. */
export async function openAuth({ keep, clock, tokenIssuer, hashCost }: AuthOptions): Promise<Auth> {
  const { custody, rooms } = keep
  await custody.ensure({ purpose: 'access-token', algorithm: 'ES256' })
  const file = join(rooms.root, 'auth.db')
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  const db = new DatabaseSync(file, { timeout: 5000 })
  const secret = custody.secret('auth')
  const mac = { hmac: (data: Uint8Array | string) => secret.hmac(data) }
  const hashing = (name: string) => ({ pepper: secret.derive(`pepper/${name}`), ...(hashCost && { cost: hashCost }) })
  const registry = new SessionRegistry(clock)
  const refresh = new RefreshTokens({ store: new SqliteStore<SessionFamily>(db, 'sessions', clock), mac, clock, registry })
  const access = new AccessTokens(accessSigner(custody), { issuer: tokenIssuer, clock })
  const codes = { store: new SqliteStore<CodeRecord>(db, 'codes', clock), mac, clock }
  return {
    passwords: new Passwords(hashing('password')),
    pins: new Pins(hashing('pin')),
    codes: new OneTimeCodes(codes),
    invitationCodes: new OneTimeCodes({ ...codes, ttlMs: 7 * DAY, maxIssuesPerHour: 20 }),
    vouchCodes: new OneTimeCodes({ ...codes, ttlMs: AFTERLIFE, digits: 8 }),
    keyed: (parts) => Buffer.from(mac.hmac(JSON.stringify(parts))).toString('base64url'),
    lockout: new Lockout({ name: 'sign-in', store: new SqliteStore<LockRecord>(db, 'locks', clock), mac, clock }),
    sessions: new Sessions({ access, refresh, registry }),
    registry,
    refresh,
    accessKeys: () => accessKeys(custody, clock),
    close: () => db.close(),
  }
}

function accessSigner(custody: Custody): TokenSigner {
  return {
    currentKid: () => {
      const key = custody.current('access-token')
      if (key === undefined) throw new Error('there is no key for access tokens')
      return key.kid
    },
    sign: (kid, bytes) => custody.sign(kid, bytes),
    publicKey: (kid) => custody.list('access-token').find((key) => key.kid === kid)?.publicJwk,
  }
}

/** The present key, and those whose tokens may still be about. */
function accessKeys(custody: Custody, clock: Clock): PublicJwk[] {
  const oldest = new Date(clock.now().getTime() - AFTERLIFE).toISOString()
  return custody.list('access-token').filter(({ retiredAt }) => retiredAt === undefined || retiredAt > oldest).map(({ publicJwk }) => publicJwk)
}

/** Borrowers' keys, a row each. */
export const openWallets = ({ rooms, custody }: Pick<Keep, 'rooms' | 'custody'>): KeyTable =>
  KeyTable.open({ file: join(rooms.root, 'wallets.db'), custody, purpose: 'wallet', clock: systemClock })
