export { debianExpress } from "./debian-express.js";
