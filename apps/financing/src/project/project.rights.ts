import type { Caller, project as contract } from '@growr/contracts'
import type { Financing } from '../financing.ts'

/** The investor, if one of the project's intents is theirs and alive: the owners of a project for an access rule. */
export async function investorsOf({ intents }: Financing, project: string, caller: Caller): Promise<string[]> {
  if (caller.kind !== 'user' || caller.role !== 'INVESTOR') return []
  const found = await intents.find({ where: { project, investor: caller.userId }, limit: 20 })
  return found.some(({ doc }) => doc.status === 'CONFIRMED' || doc.status === 'SIGNED' || doc.status === 'INVITED') ? [caller.userId] : []
}

/** A project as the caller may see it: of its share-out, a borrower and an investor see their own lines alone. */
export async function seenBy({ books, intents }: Financing, project: contract.Project, caller: Caller): Promise<contract.Project> {
  if (project.payables.length === 0 || caller.kind !== 'user' || (caller.role !== 'BORROWER' && caller.role !== 'INVESTOR')) return project
  const own = caller.role === 'BORROWER'
    ? books.loansOfBorrower(project.key, caller.userId)
    : (await intents.find({ where: { project: project.key, investor: caller.userId }, limit: 20 })).map(({ id }) => id)
  const parties = new Set(own)
  return { ...project, payables: project.payables.filter(({ party }) => parties.has(party)) }
}
