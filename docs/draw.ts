/** Draws all pictures: `npm run draw`. With --check it writes nothing, and fails when a picture is out of date. */
import './draw-state-machine.ts'
import './draw-architecture.ts'
