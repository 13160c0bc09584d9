import { organization } from '@growr/contracts'
import { field, reference, type Resolvers } from '@growr/graphql'

export const organizationResolvers: Resolvers = {
  Query: {
    organization: field(organization.findById),
    organizations: field(organization.list),
    complaints: field(organization.findComplaints),
    complaint: field(organization.complaint),
    organizationsOf: field(organization.findByUser),
  },
  Mutation: {
    createOrganization: field(organization.createOrganization),
    addMember: field(organization.addMember),
    setConnector: field(organization.setConnector),
    setScoring: field(organization.setScoring),
    importMembers: field(organization.importMembers),
    complain: field(organization.complain),
    takeComplaint: field(organization.takeComplaint),
    answerComplaint: field(organization.answerComplaint),
    closeComplaint: field(organization.closeComplaint),
  },
  Organization: { __resolveReference: reference(organization.findById, ({ id }: { id: string }) => ({ id })) },
}
