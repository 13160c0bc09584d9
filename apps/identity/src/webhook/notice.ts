import type { WaitingEvent } from '@growr/collections'
import type { Kit } from '../kit.ts'
import { tellAdmins } from '../user/notices.ts'

/** Tells an organization's admins that a webhook was switched off: the event waits with the webhook's record. */
export async function tellSwitchedOff(kit: Kit, event: WaitingEvent): Promise<void> {
  const { organization, host, since, reason } = event.data as { organization: string; host: string; since: string; reason: string }
  await tellAdmins(kit, { id: event.id, organization, template: 'webhookOff', values: { host, since, reason } })
}
