/**
 * The address of each page of the portal is answered with index.html, which shows it. An asset that is not there stays so. It
 * is in the JavaScript of CloudFront's functions:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
export const pageFunction = `function handler(event) {
  var request = event.request
  if (!request.uri.startsWith('/assets/') && request.uri !== '/config.json') request.uri = '/index.html'
  return request
}
`
