// The test of the server: exits with 1 if it does not answer.
const response = await fetch(`http://localhost:${process.argv[2]}/world`);
console.log(response.status, (await response.text()).trim());
process.exitCode = response.ok ? 0 : 1;
