// With what the response headers policy adds to all other answers: it may not see one that is made here.
var REDIRECT = {
  location: { value: '/_staging/' },
  'content-security-policy': { value: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
  'cross-origin-resource-policy': { value: 'same-origin' },
  'referrer-policy': { value: 'no-referrer' },
  'strict-transport-security': { value: 'max-age=63072000; includeSubDomains' },
  'x-content-type-options': { value: 'nosniff' },
  'x-frame-options': { value: 'DENY' },
};

// Default and staging behaviours only: /_staging/… is the staging slot, everything else production.
// A path without a file's ending is a page of the SPA.
function handler(event) {
  var request = event.request;
  if (request.uri === '/_staging') {
    return { statusCode: 302, statusDescription: 'Found', headers: REDIRECT };
  }
  var staging = request.uri.startsWith('/_staging/');
  var path = staging ? request.uri.slice('/_staging'.length) : request.uri;
  var file = /\.[a-z0-9]+$/i.test(path) && !path.startsWith('/g/') && !path.startsWith('/events/');
  request.uri = (staging ? '/staging' : '/production') + (file ? path : '/index.html');
  return request;
}
