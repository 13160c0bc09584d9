// Verification of a presentation with three credentials against the four bare signature checks that it contains.
// Each presentation is fresh and of another holder, so neither a holder's key nor a verdict can have been kept.
import { createPublicKey, verify } from 'node:crypto'
import { CHALLENGE, CLAIMS, LIST_URL, NOW, ORGANIZATION, VERIFIER, after, person, world } from '../src/testing/people.ts'
import { createPresentation, issueCredential } from '../src/index.ts'

interface BareCheck {
  readonly input: Buffer
  readonly key: ReturnType<typeof createPublicKey>
  readonly signature: Buffer
}

interface Sample {
  readonly token: string
  readonly bare: readonly BareCheck[]
}

export interface VerifyBench {
  /** Time of a whole verification over the time of its four signature checks; the target is at most 1.5. */
  readonly ratio: number
  readonly verificationsPerSecond: number
  readonly microseconds: { readonly whole: number; readonly bare: number }
  /** Each round's ratio. */
  readonly rounds: readonly number[]
}

const TYPES = ['KYC', 'SavingsHistory', 'CreditHistory'] as const

/** Measures; `samples` presentations are made for each of five rounds and one to warm up. */
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
  const bare = (batch: readonly Sample[]): number => {
    const start = performance.now()
    for (const { bare: checks } of batch) {
      for (const { input, key, signature } of checks) {
        if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature)) throw new Error('a good signature was refused')
      }
    }
    return performance.now() - start
  }
  const measured: { whole: number; bare: number }[] = []
  for (let round = 0; round <= 5; round += 1) {
    const batch: Sample[] = []
    for (let made = 0; made < samples; made += 1) batch.push(await make())
    // Small slices in turn, so that whatever else the machine does meets both alike.
    const times = { whole: 0, bare: 0 }
    for (let at = 0; at < batch.length; at += 20) {
      const slice = batch.slice(at, at + 20)
      times.bare += bare(slice)
      times.whole += await whole(slice)
    }
    if (round > 0) measured.push(times)
  }
  const rounds = measured.map((times) => times.whole / times.bare)
  const wholeTime = median(measured.map((times) => times.whole)) / samples
  const bareTime = median(measured.map((times) => times.bare)) / samples
  return {
    ratio: round2(median(rounds)),
    verificationsPerSecond: Math.round(1000 / wholeTime),
    microseconds: { whole: Math.round(wholeTime * 1000), bare: Math.round(bareTime * 1000) },
    rounds: rounds.map(round2),
  }
}

function bareCheck(token: string, key: BareCheck['key']): BareCheck {
  const dot = token.lastIndexOf('.')
  return { input: Buffer.from(token.slice(0, dot)), key, signature: Buffer.from(token.slice(dot + 1), 'base64url') }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}

if (import.meta.main) console.log(await run())
