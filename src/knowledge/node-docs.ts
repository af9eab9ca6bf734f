/** Node's own pages on its calls and events, under the names that traces use. Apart from the tables of apis.ts, because the timeline needs only these. */
import { nodeDoc } from './references';

export const NODE_DOCS = {
  'net.createServer': nodeDoc('net', 'netcreateserveroptions-connectionlistener', 'Node: net.createServer()'),
  'http.createServer': nodeDoc('http', 'httpcreateserveroptions-requestlistener', 'Node: http.createServer()'),
  'https.createServer': nodeDoc('https', 'httpscreateserveroptions-requestlistener', 'Node: https.createServer()'),
  'http2.createServer': nodeDoc('http2', 'http2createserveroptions-onrequesthandler', 'Node: http2.createServer()'),
  'tls.createServer': nodeDoc('tls', 'tlscreateserveroptions-secureconnectionlistener', 'Node: tls.createServer()'),
  'server.close': nodeDoc('net', 'serverclosecallback', 'Node: server.close()'),
  'server.on(connection)': nodeDoc('net', 'event-connection', "Node: 'connection'"),
  'net.Socket': nodeDoc('net', 'new-netsocketoptions', 'Node: new net.Socket()'),
  'socket.write': nodeDoc('net', 'socketwritedata-encoding-callback', 'Node: socket.write()'),
  'socket.resetAndDestroy': nodeDoc('net', 'socketresetanddestroy', 'Node: socket.resetAndDestroy()'),
  'socket.setTimeout': nodeDoc('net', 'socketsettimeouttimeout-callback', 'Node: socket.setTimeout()'),
  'socket.on(close)': nodeDoc('net', 'event-close_1', "Node: 'close'"),
  'socket.on(drain)': nodeDoc('net', 'event-drain', "Node: 'drain'"),
  'socket.on(error)': nodeDoc('net', 'event-error_1', "Node: 'error'"),
  'dgram.createSocket': nodeDoc('dgram', 'dgramcreatesocketoptions-callback', 'Node: dgram.createSocket()'),
  'dgram.close': nodeDoc('dgram', 'socketclosecallback', 'Node: socket.close()'),
};
