import { type payment as contract, Refusal, type Params, type Result } from '@growr/contracts'
import type { Payments } from '../payments.ts'

/**
 * Destroys a person's keys in the Payment book of every organization, so that no payment leads to the person any more; the amounts and
 * their proofs stay. STILL_OWED while one of their payments is under way, or while they hold cash of an organization. `check` only
 * looks. A repetition finds nothing left and does it again.
 */
export async function erasePerson(payments: Payments, { user, check }: Params<typeof contract.erasePerson>): Promise<Result<typeof contract.erasePerson>> {
  const { books, holders, persons, pseudonym } = payments
  const open = Number(persons.get('SELECT count(*) AS n FROM person WHERE person = ? AND open = 1', user)?.['n'] ?? 0)
  if (open > 0) throw new Refusal('STILL_OWED', { path: 'payment', details: { payments: open } })
  const rows = persons.all('SELECT organization, key FROM person WHERE person = ? ORDER BY organization, key', user)
  const organizations = books.organizations()
  for (const organization of organizations) {
    const float = pseudonym(organization, user)
    if (books.cashOf(organization).some(({ account }) => account.split('/')[2] === float)) throw new Refusal('STILL_OWED', { path: 'cash' })
  }
  const concerned = [...new Set(rows.map(({ organization }) => String(organization)))]
  const erased = concerned.map((organization) => ({ organization, payments: rows.filter((row) => row['organization'] === organization).map(({ key }) => String(key)) }))
  if (check) return { erased }
  // First: afterwards nobody could tell any more which payments were the person's.
  await forgetAddresses(payments, user, rows.map(({ key }) => String(key)))
  for (const organization of organizations) {
    await payments.erase(user, organization)
    // The pseudonym of the float stays in the accounts and leads to nobody.
    await holders.remove(pseudonym(organization, user))
  }
  return { erased }
}

/** Where money went to the person, and by which addresses it came from them: nothing is under way any more. */
async function forgetAddresses({ networks: { requests, sends } }: Payments, user: string, keys: readonly string[]): Promise<void> {
  for (const key of keys) await sends.remove(key)
  for (;;) {
    const found = await requests.find({ where: { user }, limit: 200 })
    for (const { id } of found) await requests.remove(id)
    if (found.length < 200) return
  }
}
