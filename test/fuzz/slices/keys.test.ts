import { KEY_PROPERTIES } from '../properties/keys';
import { testSlice } from '../slice';

testSlice(KEY_PROPERTIES);
