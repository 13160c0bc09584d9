import { identity, organization, project, Refusal, user } from '@growr/contracts'
import type { Load } from '../ask.ts'
import { daysOf, money, named, typeNames } from '../words.ts'

const most = 40

export const credentials: Load = async (ask) => ({
  items: await Promise.all((await ask.call(identity.findCredentials, {})).slice(0, most).map(async (each) => ({
    label: ask.say(each.revoked ? 'credentials.revoked' : 'credentials.item', { type: named(ask, 'type', each.type), until: (await daysOf(ask, each)).until }),
    set: { credential: each.id },
  }))),
})

export const credential: Load = async (ask) => {
  const found = (await ask.call(identity.findCredentials, {})).find(({ id }) => id === ask.values['credential'])
  if (found === undefined) throw new Refusal('NOT_FOUND')
  return { values: { type: named(ask, 'type', found.type), ...(await daysOf(ask, found)), state: found.revoked ? ask.say('credential.revoked') : '' } }
}

/** Types of credential that her organization's own system can confirm. */
export const types: Load = async (ask) => ({
  items: (await ask.call(identity.findCredentialTypes, {})).filter(({ available }) => available).map(({ type }) => ({ label: named(ask, 'type', type), set: { type } })),
})

async function permitted(ask: Parameters<Load>[0]) {
  const granted = (await ask.call(identity.findPermissions, {})).filter(({ status }) => status === 'GRANTED').slice(0, most)
  return Promise.all(granted.map(async (each) => {
    // A permission of a scoring system names no project; one of a project that is gone is still to be withdrawn.
    const name = await ask.call(project.findByKey, { key: each.project }).then((found) => found.name, (error: unknown) => {
      if (error instanceof Refusal && (error.kind === 'FORBIDDEN' || error.kind === 'NOT_FOUND')) return each.project
      throw error
    })
    return { id: each.id, project: each.fields === undefined ? name : ask.say('type.FinancialHealth'), types: typeNames(ask, each.fields ?? each.types) }
  }))
}

export const permissions: Load = async (ask) => ({
  items: (await permitted(ask)).map((each) => ({ label: ask.say('permissions.item', each), set: { permission: each.id } })),
})

export const permission: Load = async (ask) => {
  const found = (await permitted(ask)).find(({ id }) => id === ask.values['permission'])
  if (found === undefined) throw new Refusal('NOT_FOUND')
  return { values: { project: found.project, types: found.types } }
}

export const profile: Load = async (ask) => {
  const { profile: known } = await ask.call(user.profile, {})
  const { monthlyIncome: income } = known
  return {
    values: {
      fullName: known.fullName ?? '', birthDate: known.birthDate ?? '', occupation: known.occupation ?? '',
      income: income === undefined ? '' : `${money(income.amount)} ${income.currency}`,
    },
  }
}

export const complaints: Load = async (ask) => ({
  items: (await ask.call(organization.findComplaints, { first: most })).edges.map(({ node }) => ({
    label: ask.say('complaints.item', { number: node.number, state: named(ask, 'complaint', node.status) }),
    set: { complaint: node.number },
  })),
})

export const complaint: Load = async (ask) => {
  const { number, status, answers } = await ask.call(organization.complaint, { number: ask.values['complaint'] ?? '' })
  return { values: { number, state: named(ask, 'complaint', status), answer: answers.at(-1)?.text ?? '' }, flags: status === 'ANSWERED' ? ['answered'] : [] }
}
