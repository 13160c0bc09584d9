import type { WaitingEvent } from '@growr/collections'
import { user as users } from '@growr/contracts'
import { decimal, type Deliver } from '@growr/service'
import { type Financing, organizationOf } from '../financing.ts'
import { amountOfIntent, type IntentDoc } from './investor.collections.ts'

/** Who hears of what becomes of an intent: the other side. */
export function investorDeliveries(financing: Financing): Readonly<Record<string, Deliver>> {
  const { bus, intents, books } = financing
  type Values = Readonly<Record<string, string>>
  const about = async (event: WaitingEvent): Promise<{ doc: IntentDoc; project: string; organization: string; amount: string; investor: string } | undefined> => {
    const found = await intents.get(event.recordId)
    if (!found) return undefined
    const { doc } = found
    const { name, currency } = books.requireProject(doc.project).state
    const person = await bus.call(users.findById, { id: doc.investor }, { as: { service: 'investor' } })
    return {
      doc,
      project: name,
      organization: (await organizationOf(financing, doc.organization)).name,
      amount: `${decimal(amountOfIntent(doc, currency.code), currency)} ${currency.code}`,
      investor: person.name ?? person.email ?? '',
    }
  }
  type About = NonNullable<Awaited<ReturnType<typeof about>>>
  const toInvestor = (template: string, values: (found: About) => Values): Deliver => async (event) => {
    const found = await about(event)
    if (found) await bus.call(users.notify, { user: found.doc.investor, template, values: values(found) }, { as: { service: 'investor' }, requestId: `event:${event.id}` })
  }
  const toOrganization = (template: string, values: (found: About) => Values): Deliver => async (event) => {
    const found = await about(event)
    if (found) await bus.call(users.notifyOrganization, { organization: found.doc.organization, template, values: values(found) }, { as: { service: 'investor' }, requestId: `event:${event.id}` })
  }
  return {
    'investor.requested': toOrganization('investorRequest', ({ investor, project }) => ({ investor, project })),
    'investor.invited': toInvestor('investorInvitation', ({ organization, project }) => ({ organization, project })),
    'investor.confirmed': toInvestor('investorContractToSign', ({ project, amount }) => ({ project, amount })),
    'investor.signed': toOrganization('investorContractSigned', ({ investor, project, amount }) => ({ investor, project, amount })),
    // A refusal is seen in the list; it is no message that anybody waits for.
    'investor.rejected': async () => undefined,
    'investor.declined': async () => undefined,
  }
}
