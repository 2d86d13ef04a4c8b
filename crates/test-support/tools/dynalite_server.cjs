// Serves dynalite on a free loopback port, prints the port, and stops when its standard input closes: that is how it
// learns that its parent is gone, however that died.
const dynalite = require('dynalite');

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
