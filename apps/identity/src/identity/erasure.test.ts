import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { identity, user as users } from '@growr/contracts'
import { aCooperative, claims, type Cooperative } from '../testing/lending.ts'
import { startRig, type Rig, type Session } from '../testing/rig.ts'

let rig: Rig
let coop: Cooperative

beforeAll(async () => {
  rig = await startRig()
  coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
})
afterAll(() => rig.stop())

/** From now on the records refuse this one write. Set by another process: two SQLites in one would break each other's locks. */
function plant(when: string): () => void {
  const change = (sql: string): void => {
    execFileSync(process.execPath, ['-e', 'new (require("node:sqlite").DatabaseSync)(process.argv[1], { timeout: 5000 }).exec(process.argv[2])', join(rig.dir, 'identity', 'collections.db'), sql])
  }
  change(`CREATE TRIGGER planted BEFORE UPDATE ON "Record" WHEN ${when} BEGIN SELECT RAISE(ABORT, 'planted'); END`)
  return () => change('DROP TRIGGER planted')
}

const refuse = (step: string) => (): (() => void) => {
  rig.books.erasures.refuse = step
  return () => undefined
}

const steps: readonly (readonly [string, () => () => void])[] = [
  ['the Loan book', refuse('loan')],
  ['the Payment book, when the Loan book had forgotten her', refuse('payment')],
  ['the register of what was issued, in the middle of the records', () => plant('OLD.collection = \'issued-credentials\'')],
  ['the record of the user, which is the last', () => plant('OLD.collection = \'users\' AND NEW.doc LIKE \'%erasedAt%\'')],
]

it.each(steps)('an erasure that broke off at %s is carried through after a start, and said once', async (step, breakOff) => {
  const phone = `+5049900010${steps.findIndex(([name]) => name === step)}`
  const person: Session = await rig.signUp('BORROWER', { organization: coop.org, address: phone, by: coop.admin })
  await rig.as(coop.admin).call(identity.issueVC, { organization: coop.org, user: person.user, type: 'KYC', claims: claims.KYC })
  const seen = () => rig.as(coop.operator).call(users.findById, { id: person.user })

  const mend = breakOff()
  await expect(rig.as(coop.admin).call(identity.erase, { user: person.user })).rejects.toThrow()
  // Half erased she can do nothing, and is known still.
  expect(await seen()).toMatchObject({ status: 'BLOCKED', phone })
  await expect(rig.as(person).call(users.me, {})).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
  const { asked } = rig.books.erasures

  mend()
  rig = await rig.restart()
  await rig.group.idle()
  expect(await seen()).toMatchObject({ status: 'BLOCKED', name: null, did: null, phone: null, memberships: [] })
  // Whichever of the books had not been asked is asked now.
  for (const book of ['loan', 'payment']) expect([...asked, ...rig.books.erasures.asked]).toContain(book)
  expect((await rig.mail(phone)).filter(({ template }) => template === 'personErased')).toHaveLength(1)
  expect(await rig.as(coop.admin).call(identity.erase, { user: person.user }).catch((error: { code: string }) => error.code)).toBe('FORBIDDEN')
})
