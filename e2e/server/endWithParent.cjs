/* Loaded into the server's process: ends it in order when the process that started it is gone, so that none is ever left behind. */
const parent = Number(process.env.END_WITH_PARENT);
if (parent) {
	setInterval(() => {
		if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
	}, 1000).unref();
}
