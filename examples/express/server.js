const express = require('express');

const app = express();
app.get('/', (_request, response) => response.send('hello'));
app.listen(process.env.PORT, () => console.log(`listening on ${process.env.PORT}`));
