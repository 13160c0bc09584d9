import { project } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const projectResolvers: Resolvers = {
  Query: {
    project: field(project.findByKey),
    projects: field(project.findByOrganization),
    projectByAddress: field(project.findByAddress),
    publicProjects: field(project.findPublic),
    distributionPreview: field(project.previewDistribution),
    projectAccounts: field(project.accounts),
    businessDay: field(project.businessDay),
  },
  Mutation: {
    createProject: field(project.createProject),
    updateProject: field(project.updateProject),
    modifyProjectParams: field(project.modifyProjectParams),
    addProjectFunding: field(project.addProjectFunding),
    activateProject: field(project.activateProject),
    deactivateProject: field(project.deactivateProject),
    closeProject: field(project.closeProject),
    fundJunior: field(project.fundJunior),
    withdrawJunior: field(project.withdrawJunior),
    closeDay: field(project.closeDay),
  },
}
