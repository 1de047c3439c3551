export const begin = () => ({ shown() {}, told() {}, session() {}, content() {}, end() {} });
