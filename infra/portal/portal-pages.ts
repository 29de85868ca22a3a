/**
 * A CloudFront function that answers each page address of the portal with index.html, which shows the page. A missing
 * asset remains an error. Its language is the JavaScript of CloudFront's functions:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
export const pageFunction = `function handler(event) {
  var request = event.request
  if (!request.uri.startsWith('/assets/') && request.uri !== '/config.json') request.uri = '/index.html'
  return request
}
`
