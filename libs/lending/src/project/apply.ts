import { expectNone, expectSame, expectStatus, existing, unknownEvent } from '../checks.ts'
import { DomainFault } from '../faults.ts'
import { closingCash, distribute, payShare, payablesOf } from '../distribution.ts'
import { withSubject } from '../subject.ts'
import type { FundingSource, ProjectEvent, ProjectState, ProjectStatus, SourceAddresses } from '../types/project.ts'

const OPEN: readonly ProjectStatus[] = ['DRAFT', 'ACTIVATED', 'DEACTIVATED']

/** The state of a project after an event. Works the distribution out from its input. Throws a DomainFault where the event cannot follow. */
export function applyProject(state: ProjectState | null, event: ProjectEvent): ProjectState {
  return withSubject<ProjectState>(next(state, event), state?.subject, event)
}

function next(state: ProjectState | null, event: ProjectEvent): ProjectState {
  const { type } = event
  switch (type) {
    case 'project.created': {
      expectNone(state, type)
      return { ...event.data, status: 'DRAFT', distribution: null, closedOn: null }
    }
    case 'project.updated': return { ...from(state, type, OPEN), ...event.data }
    case 'project.params-modified': return { ...from(state, type, ['DRAFT']), ...event.data }
    case 'project.funding-added': {
      const project = undistributed(from(state, type, OPEN), type)
      return { ...project, funding: [...project.funding, event.data.source] }
    }
    case 'project.activated': {
      const project = undistributed(from(state, type, ['DRAFT', 'DEACTIVATED']), type)
      return { ...project, funding: addressed(project.funding, event.data.addresses ?? []), status: 'ACTIVATED' }
    }
    case 'project.deactivated': return { ...from(state, type, ['ACTIVATED']), status: 'DEACTIVATED' }
    case 'project.distributed': {
      const project = undistributed(from(state, type, OPEN), type)
      const { on, input } = event.data
      expectSame(input.cash, closingCash(input), 'the cash to distribute')
      return { ...project, distribution: { on, closing: input.closing, payables: payablesOf(distribute(input)) } }
    }
    case 'project.payable-paid': {
      const project = from(state, type, OPEN)
      if (!project.distribution) throw new DomainFault('EVENT_UNEXPECTED', 'nothing to pay before the distribution')
      const { payables } = payShare(project.distribution.payables, event.data, event.data.amount)
      return { ...project, distribution: { ...project.distribution, payables } }
    }
    case 'project.closed': {
      const project = from(state, type, OPEN)
      if (!project.distribution) throw new DomainFault('EVENT_UNEXPECTED', 'a project closes after its distribution')
      return { ...project, status: 'CLOSED', closedOn: event.data.on }
    }
    default: return unknownEvent(event)
  }
}

function addressed(funding: readonly FundingSource[], addresses: readonly SourceAddresses[]): readonly FundingSource[] {
  if (addresses.some(({ source }) => !funding.some(({ id }) => id === source))) throw new DomainFault('EVENT_INCONSISTENT', 'the address of a source that is none')
  return funding.map(source => {
    const found = addresses.find(candidate => candidate.source === source.id)
    if (!found) return source
    const { fundingAddress, repaymentAddress } = found
    return { ...source, fundingAddress: fundingAddress ?? source.fundingAddress, repaymentAddress: repaymentAddress ?? source.repaymentAddress }
  })
}

function from(state: ProjectState | null, type: string, allowed: readonly ProjectStatus[]): ProjectState {
  const project = existing(state, type)
  expectStatus(project.status, allowed, type)
  return project
}

function undistributed(project: ProjectState, type: string): ProjectState {
  if (project.distribution) throw new DomainFault('EVENT_UNEXPECTED', `${type} after the distribution`)
  return project
}
