import type { WaitingEvent } from '@growr/collections'
import { user as users } from '@growr/contracts'
import type { Deliver } from '@growr/service'
import { type Financing, organizationOf } from '../financing.ts'
import type { IntentDoc } from './investor.collections.ts'

/** Who hears of what becomes of an intent: the other side. */
export function investorDeliveries(financing: Financing): Readonly<Record<string, Deliver>> {
  const { bus, intents, books } = financing
  const about = async (event: WaitingEvent): Promise<{ doc: IntentDoc; values: Record<string, string> } | undefined> => {
    const found = await intents.get(event.recordId)
    if (!found) return undefined
    const { doc } = found
    return { doc, values: { project: books.requireProject(doc.project).state.name, organization: (await organizationOf(financing, doc.organization)).name } }
  }
  const toInvestor = (template: string): Deliver => async (event) => {
    const found = await about(event)
    if (found) await bus.call(users.notify, { user: found.doc.investor, template, values: found.values }, { as: { service: 'investor' }, requestId: `event:${event.id}` })
  }
  const toOrganization = (template: string): Deliver => async (event) => {
    const found = await about(event)
    if (found) await bus.call(users.notifyOrganization, { organization: found.doc.organization, template, values: found.values }, { as: { service: 'investor' }, requestId: `event:${event.id}` })
  }
  return {
    'investor.requested': toOrganization('investorRequest'),
    'investor.invited': toInvestor('investorInvitation'),
    'investor.confirmed': toInvestor('contractToSign'),
    'investor.signed': toOrganization('investorSigned'),
    'investor.rejected': toInvestor('investorRejected'),
    'investor.declined': toOrganization('investorDeclined'),
  }
}
