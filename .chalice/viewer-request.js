// Default and staging behaviours only: /_staging/… is the staging slot, everything else production.
// A path without a file's ending is a page of the SPA.
function handler(event) {
  var request = event.request;
  if (request.uri === '/_staging') {
    return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/_staging/' } } };
  }
  var staging = request.uri.startsWith('/_staging/');
  var path = staging ? request.uri.slice('/_staging'.length) : request.uri;
  var file = /\.[a-z0-9]+$/i.test(path) && !path.startsWith('/g/') && !path.startsWith('/events/');
  request.uri = (staging ? '/staging' : '/production') + (file ? path : '/index.html');
  return request;
}
