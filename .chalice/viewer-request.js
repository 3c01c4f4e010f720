// With what the response headers policy adds to all other answers: it may not see one that is made here.
var HEADERS = {
  'content-security-policy': { value: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
  'cross-origin-resource-policy': { value: 'same-origin' },
  'referrer-policy': { value: 'no-referrer' },
  'strict-transport-security': { value: 'max-age=63072000; includeSubDomains' },
  'x-content-type-options': { value: 'nosniff' },
  'x-frame-options': { value: 'DENY' },
};
var SLOT = /^\/_(staging|preview\/[0-9a-f]{12})(\/.*)?$/;

// Default, staging and preview behaviours only: /_staging/… is the staging slot, /_preview/ID/… a release at its own
// address, everything else production. A path without a file's ending is a page of the SPA.
function handler(event) {
  var request = event.request;
  var found = SLOT.exec(request.uri);
  if (found && !found[2]) {
    var headers = Object.assign({ location: { value: request.uri + '/' } }, HEADERS);
    return { statusCode: 302, statusDescription: 'Found', headers: headers };
  }
  var path = found ? found[2] : request.uri;
  var file = /\.[a-z0-9]+$/i.test(path) && !path.startsWith('/g/') && !path.startsWith('/events/');
  request.uri = '/' + (found ? found[1] : 'production') + (file ? path : '/index.html');
  return request;
}
