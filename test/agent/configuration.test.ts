import { expect, test } from 'vitest'
import { ConfigurationError, defaultTimes, readConfiguration } from '../../agent/configuration.ts'

const inPod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
const required = { API_URL: 'https://roles.example.com', CLUSTER: 'prod', ...inPod }

test('in a pod, the agent needs only the URL of the API and the name of the cluster', () => {
  expect(readConfiguration(required)).toEqual({
    apiUrl: 'https://roles.example.com',
    cluster: 'prod',
    tokenFile: '/var/run/secrets/workload-identity/token',
    codeFile: '',
    serviceAccountFolder: '/var/run/secrets/kubernetes.io/serviceaccount',
    apiServer: 'https://10.96.0.1',
    healthPort: 8080,
    httpsProxy: '',
    noProxy: '',
    times: defaultTimes,
  })
})

test('each variable replaces its default', () => {
  const variables = {
    ...required,
    TOKEN_FILE: '/a/token',
    CODE_FILE: '/a/code',
    SERVICE_ACCOUNT_FOLDER: '/a',
    API_SERVER: 'https://kubernetes.example:6443',
    HEALTH_PORT: '9090',
    HTTPS_PROXY: 'http://proxy.example:3128',
    NO_PROXY: '.internal',
  }
  expect(readConfiguration(variables)).toMatchObject({
    tokenFile: '/a/token',
    codeFile: '/a/code',
    serviceAccountFolder: '/a',
    apiServer: 'https://kubernetes.example:6443',
    healthPort: 9090,
    httpsProxy: 'http://proxy.example:3128',
    noProxy: '.internal',
  })
})

test('an empty variable counts as not set', () => {
  const empty = { TOKEN_FILE: '', CODE_FILE: '', API_SERVER: '', HEALTH_PORT: '', HTTPS_PROXY: '', NO_PROXY: '' }
  expect(readConfiguration({ ...required, ...empty })).toEqual(readConfiguration(required))
})

test('the proxy variables in lower case come first, as in curl', () => {
  const both = { HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1', NO_PROXY: 'a', no_proxy: 'b' }
  expect(readConfiguration({ ...required, ...both })).toMatchObject({ httpsProxy: 'http://b:1', noProxy: 'b' })
})

test('an IPv6 address of the API server gets brackets', () => {
  const pod = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }
  expect(readConfiguration({ ...required, ...pod }).apiServer).toBe('https://[fd00::1]:6443')
})

test.each([
  [{ API_URL: 'http://127.0.0.1:8080' }, 'http://127.0.0.1:8080'],
  [
    { API_URL: 'https://abc.execute-api.eu-west-1.amazonaws.com/prod' },
    'https://abc.execute-api.eu-west-1.amazonaws.com/prod',
  ],
])('%j is accepted', (variables, apiUrl) => {
  expect(readConfiguration({ ...required, ...variables }).apiUrl).toBe(apiUrl)
})

test.each([
  [
    'API_URL',
    undefined,
    "API_URL is not an https URL without a trailing slash: set it to the URL of the deployment's API",
  ],
  ['API_URL', 'roles.example.com', 'API_URL is not an https URL'],
  ['API_URL', 'http://roles.example.com', 'API_URL is not an https URL'],
  ['API_URL', 'https://roles.example.com/', 'without a trailing slash'],
  ['API_URL', 'https://roles.example.com?a=b', 'API_URL is not an https URL'],
  ['API_URL', 'https://user@roles.example.com', 'API_URL is not an https URL'],
  ['CLUSTER', undefined, 'CLUSTER is not the name of a cluster'],
  ['CLUSTER', 'Prod', 'CLUSTER is not the name of a cluster'],
  ['CLUSTER', 'a/b', 'CLUSTER is not the name of a cluster'],
  [
    'API_SERVER',
    'http://10.96.0.1',
    'API_SERVER is not https://HOST or https://HOST:PORT: set it to the URL of the API server',
  ],
  ['API_SERVER', 'https://10.96.0.1/path', 'API_SERVER is not https://HOST'],
  ['KUBERNETES_SERVICE_HOST', undefined, 'API_SERVER is not https://HOST'],
  ['HEALTH_PORT', 'http', 'HEALTH_PORT is not a number: set it to a number from 1 to 65535'],
  ['HEALTH_PORT', '80.5', 'HEALTH_PORT is not a number'],
  ['HEALTH_PORT', '65536', 'HEALTH_PORT is not from 1 to 65535'],
  ['HEALTH_PORT', '0', 'HEALTH_PORT is not from 1 to 65535'],
  ['HTTPS_PROXY', 'proxy.example:3128', 'HTTPS_PROXY is not the URL of an HTTP proxy: set it to http://HOST:PORT'],
])('%s=%s is refused with what to do', (name, value, problem) => {
  const { problems } = errorOf({ ...required, [name]: value })
  expect(problems).toEqual([expect.stringContaining(problem)])
})

test('all wrong variables are reported at once, without their values', () => {
  const { problems } = errorOf({ HTTPS_PROXY: 'ftp://user:secret@proxy' })
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['API_URL', 'CLUSTER', 'API_SERVER', 'HTTPS_PROXY'])
  expect(problems.join()).not.toContain('secret')
})

function errorOf(variables: Record<string, string | undefined>): ConfigurationError {
  try {
    readConfiguration(variables)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
  }
  throw new Error('the configuration is accepted')
}
