// Verification of a presentation with three credentials against the four bare signature checks that it contains.
// Each presentation is fresh and of another holder, so neither a holder's key nor a verdict can have been kept.
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { CHALLENGE, CLAIMS, LIST_URL, NOW, ORGANIZATION, VERIFIER, after, person, world } from '../src/testing/people.ts'
import { createPresentation, issueCredential } from '../src/index.ts'
import { p1363ToDer } from '../src/jws.ts'

interface BareCheck {
  readonly input: Buffer
  readonly key: KeyObject
  /** As it stands in the token: r‖s. */
  readonly signature: Buffer
  /** The same in DER, made beforehand. */
  readonly der: Buffer
}

interface Sample {
  readonly token: string
  readonly bare: readonly BareCheck[]
}

export interface VerifyBench {
  /**
   * Time of a whole verification over the time of its four signature checks, each `crypto.verify` over a signature as it
   * stands in the token (`ieee-p1363`); the target is at most 1.5.
   */
  readonly ratio: number
  /** The same against four checks over signatures that somebody converted to DER beforehand, which Node verifies faster. */
  readonly ratioToDer: number
  readonly verificationsPerSecond: number
  readonly microseconds: { readonly whole: number; readonly bare: number; readonly der: number }
  /** Each round's ratio. */
  readonly rounds: readonly number[]
}

const TYPES = ['KYC', 'SavingsHistory', 'CreditHistory'] as const

/** Measures; `samples` presentations are made for each of five rounds, and for two more to warm up. */
export async function run(samples = 400): Promise<VerifyBench> {
  const scene = world()
  const issuerKey = createPublicKey({ key: { ...scene.issuer.jwk }, format: 'jwk' })
  let index = 0
  const make = async (): Promise<Sample> => {
    const holder = person()
    const credentials = await Promise.all(TYPES.map((type) => issueCredential({
      type, subject: holder.signer.did, organization: ORGANIZATION, claims: CLAIMS[type], validFrom: after(-30), validUntil: after(335),
      status: { purpose: 'revocation', list: LIST_URL, index: index++ },
    }, scene.issuer.signer)))
    const jwts = credentials.map(({ jwt }) => jwt)
    const token = await createPresentation({ credentials: jwts, verifierDid: VERIFIER, challenge: CHALLENGE, now: NOW }, holder.signer)
    const holderKey = createPublicKey({ key: { ...holder.jwk }, format: 'jwk' })
    return { token, bare: [bareCheck(token, holderKey), ...jwts.map((jwt) => bareCheck(jwt, issuerKey))] }
  }
  const whole = async (batch: readonly Sample[]): Promise<number> => {
    const start = performance.now()
    for (const { token } of batch) {
      const { verdict } = await scene.verify(token)
      if (verdict !== 'valid') throw new Error('a good presentation was refused')
    }
    return performance.now() - start
  }
  const bare = (batch: readonly Sample[]): number =>
    timed(batch, ({ input, key, signature }) => verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature))
  const der = (batch: readonly Sample[]): number =>
    timed(batch, ({ input, key, der: signature }) => verify('sha256', input, key, signature))
  // All are made beforehand: making them costs more than verifying, and its garbage would be collected on our time.
  const batches: Sample[][] = []
  for (let round = 0; round < 7; round += 1) {
    const batch: Sample[] = []
    for (let made = 0; made < samples; made += 1) batch.push(await make())
    batches.push(batch)
  }
  const measured: { whole: number; bare: number; der: number }[] = []
  for (const [round, batch] of batches.entries()) {
    // Small slices in turn, so that whatever else the machine does meets both alike.
    const times = { whole: 0, bare: 0, der: 0 }
    for (let at = 0; at < batch.length; at += 20) {
      const slice = batch.slice(at, at + 20)
      times.bare += bare(slice)
      times.der += der(slice)
      times.whole += await whole(slice)
    }
    if (round >= 2) measured.push(times)
  }
  const rounds = measured.map((times) => times.whole / times.bare)
  const each = (part: 'whole' | 'bare' | 'der'): number => median(measured.map((times) => times[part])) / samples
  return {
    ratio: round2(median(rounds)),
    ratioToDer: round2(median(measured.map((times) => times.whole / times.der))),
    verificationsPerSecond: Math.round(1000 / each('whole')),
    microseconds: { whole: Math.round(each('whole') * 1000), bare: Math.round(each('bare') * 1000), der: Math.round(each('der') * 1000) },
    rounds: rounds.map(round2),
  }
}

function timed(batch: readonly Sample[], check: (bare: BareCheck) => boolean): number {
  const start = performance.now()
  for (const { bare } of batch) {
    for (const item of bare) {
      if (!check(item)) throw new Error('a good signature was refused')
    }
  }
  return performance.now() - start
}

function bareCheck(token: string, key: KeyObject): BareCheck {
  const dot = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  return { input: Buffer.from(token.slice(0, dot)), key, signature, der: p1363ToDer(signature) }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}

if (import.meta.main) console.log(await run())
